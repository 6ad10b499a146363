"""Audio: samples, the pace at which they may come, and what a recogniser heard in them."""

"""Audio: samples, pace, and what a recogniser made of them."""

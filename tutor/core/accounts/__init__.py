"""Accounts: the principal of a request, its audio quota, and the notes kept of its sessions."""

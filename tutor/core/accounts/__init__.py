"""Accounts: whom a request acts for, its audio quota, and the notes kept of its sessions."""

"""Admission: who may come into a gateway, and how long a learner may go on."""

import os

# As in the product's own processes, and before anything loads numpy; see `tutor.__main__`.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

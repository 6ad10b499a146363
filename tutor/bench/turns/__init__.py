"""`tutor bench --turns`: which turns were cut, how long a learner waits after one, and how closely
a reader is followed.

Recordings are played into the product's own session, on the clock of their audio, so that nothing
hangs on how busy the machine is: a recognition is answered as late as it took a core. `stage`
plays, `figures` counts, `run` compares with a plain timer.
"""

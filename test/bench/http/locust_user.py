"""The same request over and over with Locust, once with each of its HTTP users."""
import os

from locust import FastHttpUser, HttpUser, constant, task

PATH = os.environ["BENCH_PATH"]


def again(self):
    self.client.get(PATH)


if os.environ["BENCH_USER"] == "fast":

    class Fast(FastHttpUser):
        wait_time = constant(0)
        again = task(again)

else:

    class Http(HttpUser):
        wait_time = constant(0)
        again = task(again)

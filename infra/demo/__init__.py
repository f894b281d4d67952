"""The demo: a club made up for the day it runs on, and a planning service that changes its season."""

from django.apps import AppConfig


class GiftsConfig(AppConfig):
    name = "tests.projects.gifts"
    label = "gifts"

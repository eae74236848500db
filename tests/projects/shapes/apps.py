from django.apps import AppConfig


class ShapesConfig(AppConfig):
    name = "tests.projects.shapes"
    label = "shapes"

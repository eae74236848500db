from django.db import migrations, models

from example_project.shop.costs import invented


def fill(apps, schema_editor):
    Product = apps.get_model("shop", "Product")
    products = list(Product.objects.only("pk", "sku", "price"))
    for product in products:
        product.cost = invented(product.sku, product.price)
    Product.objects.bulk_update(products, ["cost"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="cost",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="Invented: the orders of the demo tell no cost.",
                max_digits=10,
                null=True,
                verbose_name="cost",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]

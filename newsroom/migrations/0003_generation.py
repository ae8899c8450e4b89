from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0002_network_key")]

    operations = [
        migrations.CreateModel(
            name="Generation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=32)),
                ("changed_at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
    ]

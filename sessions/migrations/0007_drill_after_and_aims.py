from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0006_ratings_and_coaching")]

    operations = [
        migrations.AddField(model_name="drill", name="after", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="drill", name="aims", field=models.JSONField(default=dict)),
    ]

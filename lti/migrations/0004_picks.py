from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lti", "0003_told_names")]

    operations = [
        migrations.AddField(
            model_name="selection",
            name="accepts_links",
            field=models.BooleanField(
                default=True, help_text="Whether the platform takes links to us at all."
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="picks",
            field=models.JSONField(
                default=list, help_text="What was picked so far; once it is answered, what was sent."
            ),
        ),
    ]

"""What the questions of one type in a scenario expect, where they name nothing themselves."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("practice", "0007_drill_after_and_aims")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="scenario",
            name="expected_by_type",
            field=models.JSONField(
                default=dict,
                help_text="{type: expected_cues}, for questions that name none of their own.",
            ),
        ),
    ]

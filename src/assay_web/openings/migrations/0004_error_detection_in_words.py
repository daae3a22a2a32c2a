"""What error detection is called; nothing of the table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("openings", "0003_candidates_counted")]

    operations = [
        migrations.AlterField(
            model_name="stage",
            name="style",
            field=models.CharField(
                choices=[
                    ("standard", "Standard: works with the AI towards a deliverable"),
                    ("error_detection", "Error detection: looks for the mistakes in the AI’s replies"),
                ],
                default="standard",
                max_length=20,
                verbose_name="style",
            ),
        ),
    ]

"""What errands add to the log's actions; nothing of the table changes."""

from django.db import migrations, models

from assay_web.audit.models import Action


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_judges")]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(choices=Action.choices, max_length=40),
        ),
    ]

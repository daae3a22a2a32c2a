"""An index for the errands that the operations page lists."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0006_errands'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='errand',
            index=models.Index(fields=['team', 'status', 'created_at'], name='errands_of_a_team'),
        ),
    ]

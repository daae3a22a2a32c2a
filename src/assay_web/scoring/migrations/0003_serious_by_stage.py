from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0002_level_counts'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='criterionlevel',
            name='serious_levels',
        ),
        migrations.AddIndex(
            model_name='criterionlevel',
            index=models.Index(condition=models.Q(('current', True), ('serious', True)), fields=['stage', 'score'], name='serious_levels_of_a_stage'),
        ),
    ]

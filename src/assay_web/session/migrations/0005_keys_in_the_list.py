from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('openings', '0003_candidates_counted'),
        ('session', '0004_sessions_by_start'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='candidatesession',
            name='sessions_of_a_stage',
        ),
        migrations.AddIndex(
            model_name='candidatesession',
            index=models.Index(fields=['stage', 'status', 'invitation'], include=['id'], name='sessions_of_a_stage'),
        ),
    ]

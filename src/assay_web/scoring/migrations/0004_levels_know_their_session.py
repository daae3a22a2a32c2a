import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0003_serious_by_stage'),
        ('session', '0005_keys_in_the_list'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='criterionlevel',
            name='serious_levels_of_a_stage',
        ),
        migrations.AddField(
            model_name='criterionlevel',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='session.candidatesession'),
        ),
        migrations.RunSQL(
            'UPDATE scoring_criterionlevel SET session_id ='
            ' (SELECT session_id FROM scoring_sessionscore WHERE scoring_sessionscore.id = score_id)',
            migrations.RunSQL.noop,
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('jobs', '0004_teams_of_jobs'),
    ]

    operations = [
        migrations.AlterField(
            model_name='scoringjob',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.team'),
        ),
        migrations.AddIndex(
            model_name='scoringjob',
            index=models.Index(fields=['team', 'status', 'created_at'], name='jobs_of_a_team'),
        ),
        migrations.AddIndex(
            model_name='scoringjob',
            index=models.Index(condition=models.Q(('status', 'failed')), fields=['session'], name='failed_jobs_of_a_session'),
        ),
        migrations.RemoveIndex(
            model_name='modelcall',
            name='model_calls_of_a_team',
        ),
        migrations.AddIndex(
            model_name='modelcall',
            index=models.Index(fields=['team', 'at', 'purpose', 'outcome', 'prompt_tokens', 'completion_tokens', 'cost'], name='model_calls_summed'),
        ),
    ]

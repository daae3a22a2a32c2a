import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('jobs', '0002_spend'),
        ('session', '0003_quick_lists'),
    ]

    operations = [
        migrations.AlterField(
            model_name='modelcall',
            name='team',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.team'),
        ),
        migrations.AddIndex(
            model_name='modelcall',
            index=models.Index(fields=['team', 'at'], name='model_calls_of_a_team'),
        ),
        migrations.AddIndex(
            model_name='spend',
            index=models.Index(condition=models.Q(('refused_at__isnull', False)), fields=['refused_at'], name='spend_refused'),
        ),
        # Last: PostgreSQL changes no table whose rows were changed in the same transaction.
        migrations.RunSQL(
            'UPDATE jobs_modelcall SET team_id = (SELECT team_id FROM session_candidatesession'
            ' WHERE session_candidatesession.id = jobs_modelcall.session_id)'
            ' WHERE team_id IS NULL AND session_id IS NOT NULL',
            migrations.RunSQL.noop,
        ),
    ]

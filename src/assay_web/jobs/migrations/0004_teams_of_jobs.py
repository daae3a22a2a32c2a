import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('jobs', '0003_quick_operations'),
        ('session', '0004_sessions_by_start'),
    ]

    operations = [
        migrations.AddField(
            model_name='scoringjob',
            name='team',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.team'),
        ),
        # Last: PostgreSQL changes no table whose rows were changed in the same transaction.
        migrations.RunSQL(
            'UPDATE jobs_scoringjob SET team_id = (SELECT team_id FROM session_candidatesession'
            ' WHERE session_candidatesession.id = jobs_scoringjob.session_id)',
            migrations.RunSQL.noop,
        ),
    ]

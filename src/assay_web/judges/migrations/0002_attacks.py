"""Attack runs with their answers, and whole stages that a worker has scored again."""

import assay_web.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('jobs', '0006_errands'),
        ('judges', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ScoringAgain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last', models.BigIntegerField(default=0)),
                ('choice', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='scoring_again', to='judges.judgechoice')),
                ('errand', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='scoring_again', to='jobs.errand')),
            ],
        ),
        migrations.CreateModel(
            name='AttackAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(max_length=64)),
                ('key', models.CharField(max_length=64)),
                ('replies', assay_web.fields.ExactJSONField()),
                ('made_at', models.DateTimeField()),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team', 'about', 'key'), name='one_attack_answer_a_team_and_question')],
            },
        ),
        migrations.CreateModel(
            name='AttackRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('suite', models.CharField(max_length=64)),
                ('report', assay_web.fields.ExactJSONField(null=True)),
                ('made_at', models.DateTimeField(null=True)),
                ('attacks', models.PositiveIntegerField(null=True)),
                ('moved', models.PositiveIntegerField(null=True)),
                ('up', models.FloatField(null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('errand', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='attack_run', to='jobs.errand')),
                ('judge', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attack_runs', to='judges.judge')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('judge', 'suite'), name='one_attack_run_a_judge_and_suite')],
            },
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0004_levels_know_their_session'),
    ]

    operations = [
        migrations.AlterField(
            model_name='criterionlevel',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='session.candidatesession'),
        ),
        migrations.AddIndex(
            model_name='criterionlevel',
            index=models.Index(condition=models.Q(('current', True), ('serious', True)), fields=['session'], name='serious_levels_of_a_session'),
        ),
    ]

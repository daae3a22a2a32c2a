"""Attack runs that cannot go on, since the judge gave no level to a session as it was."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('judges', '0002_attacks'),
    ]

    operations = [
        migrations.AddField(
            model_name='attackrun',
            name='gave_no_level',
            field=models.BooleanField(default=False),
        ),
    ]

"""The only place that talks to a model: settings, gateway, embedded and scripted model, caps, prices."""

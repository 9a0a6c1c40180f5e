"""Custom actions: thin shells that read slots, call ``hip`` and utter. rasa-sdk finds the classes in these modules."""

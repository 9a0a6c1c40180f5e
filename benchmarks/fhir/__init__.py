"""HL7's own definitions of FHIR R4B, against which the codes of a summary are checked."""

"""What we ask of a platform in our own name: access tokens (`token`), line items and scores, rosters.

Clients of three standards over `lti.http`, without a decision of their own: who gets which grade is `lti.grading`'s,
who is in a cohort `lti.roster`'s. Sources: 1EdTech Security Framework 1.0, 4.1; Assignment and Grade Services 2.0;
Names and Role Provisioning Services 2.0.
"""

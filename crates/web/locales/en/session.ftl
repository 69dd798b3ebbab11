# Signing in, the justification, one's own password.
sign-in-title = Sign in
sign-in-submit = Sign in
field-login = User name
field-password = Password

justification-title = Why do you act?
justification-lede = Purpose and case are shown at the top of every page and written to the log with everything that you check or look at. They stay until you change them.
justification-submit = Set purpose and case
field-purpose = Purpose
field-case = Case reference
field-case-hint = Number of the file, journey or operation, 2 to 64 characters
purpose-missing = Choose the purpose for which you act
case-invalid = Write 2 to 64 characters with at least one letter or digit

purpose-terrorism = Terrorism
purpose-firearms-trafficking = Firearms trafficking
purpose-border-check = Border check
purpose-serious-crime = Serious crime
purpose-sanctions = Sanctions
purpose-stockpile-security = Stockpile security
purpose-prevention = Prevention
purpose-supervision = Supervision
purpose-administration = Administration

password-title = Change your password
password-lede = All your other sessions end when the password changes.
password-submit = Change the password
field-present-password = Present password
field-new-password = New password
field-new-password-hint = 12 characters or more; a sentence is easier to remember than signs
password-wrong = This is not your present password

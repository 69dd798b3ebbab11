# Screening: the rows of a file.
screen-title = Check a file
screen-file = File with rows to check
screen-file-hint = Choose it or drop it here: CSV, Excel (.xlsx, .xls), FollowTheMoney lines or a PAXLST passenger list, up to 32 MiB. You see how it is read before anything is checked.
screen-file-submit = Show how it is read
screen-no-file = Choose a file first; an empty one holds nobody.
screen-busy = The node holds or runs as many files as it can at present. Try again in a few minutes, or use the command line.
screen-gone = The node does not hold this file any more. Choose it again.

screen-new-title = How the file is read
screen-new-lede = Nothing is checked yet. Each row is one check, for the purpose and the case that you state.
screen-file-name = File
screen-written = Written as
screen-rows = Rows
screen-unread-dates = Rows whose birth date cannot be read (compared without it)
screen-passed-over = Documents and relations (not checked by themselves)
screen-dates = Dates
screen-month-first = the month stands first
screen-columns = Columns, where they are read wrongly
screen-columns-hint = Field and column, by number or heading, with commas between: name=2, birth-date=DOB
screen-columns-title = Columns
screen-read-as = Read as
screen-field = Field
screen-column = Column
screen-heading = Heading
screen-not-read = not read
screen-first = First rows, as they will be asked
screen-run = Check { $count } rows
screen-read-again = Read it again

column-row = Row
column-file = File
column-rows = Rows
column-as-name = Name
column-as-alias = Other name
column-as-given-name = Given name
column-as-patronymic = Father’s or middle name
column-as-family-name = Family name
column-as-birth-date = Birth date
column-as-gender = Gender
column-as-nationality = Nationality
column-as-place = Place of birth or residence
column-as-document = Document number
column-as-passport = Passport number
column-as-identity-card = Identity card number
column-as-national-number = National number
column-as-kind = What it is

screenings-title = Screenings
screenings-lede = The rows of a file are checked in one run. A run that was interrupted goes on when you choose the same file again, for the same purpose and case.
screenings-own = Your screenings
screenings-empty = You have screened no file yet.
screenings-empty-how = Choose a file above.

screening-title = Screening of { $file }
screen-matches-found = { $count ->
    [one] One match was found
   *[other] { $count } matches were found
}
screen-none-yet = No match so far
screen-none-means = Nothing on the lists agrees closely enough with a row of this file.
screen-running = Rows are being checked
screen-again = Show how far it is
screen-interrupted = Interrupted
screen-interrupted-means = The run was interrupted. What it had checked is kept; nothing of it has to be checked again.
screen-go-on = Choose the same file again to go on
screen-ended = All rows are checked
screen-download = Download what was found:
screen-too-many = The download would have more than 100,000 lines. Use the command line.
screen-found = What was found
screen-found-empty = Matches and rows that could not be checked would stand here.
screen-found-empty-how = There are none so far.
screen-not-checked-row = Not checked
screen-about = About this screening
screen-checked = Rows checked
screen-matched-rows = Rows with a match
screen-matches = Matches that wait or were decided
screen-settled = Candidates rejected before
screen-not-checked = Rows that could not be checked
screen-checksum = SHA-256 of the file

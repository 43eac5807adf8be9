"""Why a rule says no: one stable word and one clear sentence for each.

The word is what scripts, journals and the other program compare; the sentence is for a person.
Neither ever holds a name or a NIK.
"""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "NOT_PRR": "Only a print-ready record (status PRR) may become a card.",
    "TOO_YOUNG": "The holder has not reached the age from which this card is printed, and was never married.",
    "TOO_OLD": "The holder is past the age of a child's card.",
    "KIA_MARRIED": "Whoever is or was married gets no child's card.",
    "BAD_POLICY": "The policy is none that this program can follow.",
    "POLICY_CHANGED": "A policy of this name is known with other rules.",
    "BAD_NIK": "The NIK is not one: sixteen digits with a possible birth date and a serial from 0001.",
    "NIK_MISFIT": "Birth date or sex is not the one inside the NIK.",
    "UNKNOWN_OFFICE": "The office is none of the province's ten codes.",
    "UNKNOWN_STATION": "No such station has been given a join code.",
    "UNKNOWN_KIND": "The kind of card is neither ktp nor kia.",
    "UNKNOWN_REASON": "The reason is none of the known ones.",
    "BAD_DATE": "A date is not written as YYYY-MM-DD or does not exist.",
    "MISSING_FIELD": "A field that the card needs is empty.",
    "BAD_PHOTO": "The photo is missing, too large, or neither JPEG nor PNG.",
    "PERSON_ON_ORDER": "This person has an open order for such a card; that one has to end first.",
    "NIK_IN_ORDER": "An order's name must not hold a NIK: it stands in journals and on screens.",
    "ORDER_CHANGED": "An order of this name is known with other content.",
    "BAD_SIGNATURE": "The order is not signed by the province this station joined.",
    "BAD_PAYLOAD": "The order's sealed part does not open, or is not the one that was signed.",
    "BAD_ORDER": "The order does not have the form of one.",
    "WRONG_STATION": "The order was made for another station.",
    "WRONG_BLANK": "The blank in hand is not the one this job was given.",
    "NOT_UNSURE": "Only an unsure job can be settled.",
    "NOT_QUEUED": "Only a job still in the queue can be cancelled.",
    "UNKNOWN_JOB": "There is no such job at this station.",
    "UNKNOWN_ORDER": "There is no such order here.",
    "ORDER_CLOSED": "The order is printed, lost, refused or returned and cannot be printed again here.",
    "BLANK_USED": "This blank is accounted for already.",
    "BLANK_UNKNOWN": "This blank is in no consignment this station received.",
    "BLANK_NEEDED": "Without a chip reader the blank's serial has to be given.",
    "BLANK_NOT_ASKED": "The chip reader names the blank; no serial is to be given.",
    "CONSIGNMENT_CHANGED": "A consignment of this name was received with other content.",
    "CONSIGNMENT_DIFFERS": "A consignment is not what was announced; it is booked as it was received.",
    "COUNT_DIFFERS": "The last count of the stock does not fit the books.",
    "NOT_IN_STOCK": "There are not that many in stock.",
    "NOT_A_CARD": "This is no card that came back from its holder; its own job or the stock accounts for it.",
    "NOT_SPOILED": "Only what is spoiled or void can be destroyed.",
    "NOTHING_TO_DESTROY": "Nothing lies here to be destroyed.",
    "NOT_DISPUTED": "Both ends of this consignment tell the same, or one has not told yet.",
    "NOT_FORKED": "Only what a forked station owes is taken over, and only its blanks are written off.",
    "STATION_FORKED": "The station is forked; nothing is given to it and nothing is asked of it.",
    "WITNESSES_NEEDED": "A destruction needs at least two witnesses.",
    "MINUTES_CHANGED": "Minutes of this number were written with other content.",
    "SECOND_NEEDED": "Above the day's limit a second person has to see it.",
    "REASON_NEEDED": "What is spoiled or lost needs a reason.",
    "NOT_PRINTED": "Only a printed card can be verified.",
    "NOT_IN_HAND": "Only a card that came out and is still here is written off so; an unsure one is settled.",
    "CHIP_OTHER": "The card's chip does not bear this job's tag.",
    "NEVER_PRINTED": "No print was begun for this job; the blank is clean, spoiled or lost.",
    "HAND_OVER": "The card may be given.",
    "CHIP_MISMATCH": "The chip is not the one of this card; it stays here and goes back up the chain.",
    "FINGER_MISMATCH": "The finger is not the holder's; the card stays here and goes back up the chain.",
    "FINGER_ON_KIA": "A child's card holds no fingers; there is nothing to match.",
    "CHANNEL_CLOSED": "The province allows no such way of giving a card out.",
    "PROOF_NEEDED": "This way of giving a card out needs its paper: a letter of authority, or a waybill.",
    "FINGER_NEEDED": "The holder's finger has to be matched with the chip first.",
    "OLD_CARD_DUE": "The old card, or the police's letter of its loss, has to come in first.",
    "SUKET_DUE": "The temporary certificate, or the police's letter of its loss, has to come in first.",
    "LETTER_DUE": "The police's letter of the loss has to come in first.",
    "CHIP_UNREADABLE": "The chip does not answer; a supervisor has to decide.",
    "CHIP_NOT_READ": "The chip has to be read; without it a supervisor has to decide.",
    "FINGER_UNABLE": "The holder has no usable finger; a supervisor has to decide.",
    "NO_FINGER_READER": "No fingerprint reader is here; a supervisor has to decide.",
    "FAMILY_COLLECTS": "A relative collects the card; a supervisor has to decide.",
    "SENT_UNMATCHED": "Nobody matches a finger at the holder's door; a supervisor has to decide.",
    "NOT_READY": "Only a card on the shelf of ready cards can be given out or announced.",
    "NOT_WITHHELD": "Only a withheld card can be put back or sent up.",
    "NOT_SENT": "Only a card that left with a courier or by post can be told delivered or come back.",
    "WRONG_SUKET": "This certificate belongs to another order.",
    "ALREADY_ANNOUNCED": "Some of these cards were announced in the meantime; look again.",
    "BATCH_KNOWN": "A batch of announcements of this name is known with other cards.",
    "BAD_PHONE": "The phone number is none of an Indonesian mobile phone.",
    "SUKET_FORBIDDEN": "The rules allow no temporary certificate for this.",
    "SUKET_EXISTS": "A temporary certificate of this order is valid already; void or renew that one.",
    "UNKNOWN_SUKET": "There is no temporary certificate of this number at this station.",
    "SUKET_STATE": "The temporary certificate is not where this could be done.",
    "SECOND_IS_FIRST": "The second person must be another than the first.",
    "CANNOT_DRAW": "The order's content cannot be drawn as a card.",
    "NOT_DRAWN": "The card could not be drawn, again and again.",
    "JOURNAL_BEHIND_HUB": "This disk was put back from an older copy: it lacks lines the province holds. "
    "Nothing is printed here; call the province.",
    "LANE_CLOSED": "A job is unsure; nothing is printed until it is settled.",
    "RECORDING_STATE": "The recording is not where this could be done.",
    "SITTING_OPEN": "Somebody is being recorded at this station already.",
    "LINK_REQUIRED": "People are recorded only while the link to the province is up; so say the rules.",
    "QUOTA_REACHED": "As many people were recorded today as the rules allow; come again tomorrow.",
    "DISK_LOW": "The disk is nearly full; free some space before somebody is recorded.",
    "NIK_DIFFERS": "The biodata tells another NIK.",
    "BAD_BIODATA": "The biodata is not of the form that is asked for.",
    "TOO_YOUNG_TO_RECORD": "The person has not reached the age of recording, and was never married.",
    "UNKNOWN_TICKET": "There is no such ticket today, or it was taken.",
    "OUTREACH_OPEN": "Days in the field have begun already; end them first.",
    "NO_OUTREACH": "No days in the field are open.",
    "SLOT_TAKEN": "This slot holds somebody else's finger; forget that one first.",
    "UNKNOWN_STAFF": "Nobody of this mark has a finger in the reader.",
    "MOVE_OPEN": "The order is being moved already.",
    "ALREADY_JOINED": "A station joins once; a new machine gets a new number.",
    "BAD_PROOF": "The join file was made for another station, or is used up.",
    "OTHER_KEYS": "The station joined with other keys than these.",
}


def sentence(word: str) -> str:
    """The sentence for a refusal word; an unknown word is shown as it is."""
    return SENTENCES.get(word, word)


class RefusedByRule(Exception):
    """A rule said no. ``word`` is stable; ``str()`` is its sentence, with ``detail`` when given."""

    def __init__(self, word: str, detail: str = "") -> None:
        self.word = word
        self.detail = detail
        super().__init__(f"{sentence(word)} {detail}".strip())

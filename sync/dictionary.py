"""The preset dictionary of wire version 1: what small batches say again and again.

Deflate copies from it as if it had just been said. The most usual lies last, where distances are
short. It is part of the wire: changing one byte is a new version.
"""

from __future__ import annotations

DICTIONARY = (
    '"payload_sha256":"requested":"payload":"signature":["order","kind","payload","payload_sha256","reason",'
    '"requested","signature"]["order_withdrawn"]["withheld","cause","event"]["blank_rejected","kind","reason"]'
    '["blanks_received","count","kind","names"]["order_returned"]["order_kept","state"]["order_refused","word"]'
    "WRONG_STATION BAD_PAYLOAD BAD_SIGNATURE WRONG_BLANK BLANK_USED"
    '["cancelled","order","reason"]["lost","blank","by","kind","order","reason","second"]'
    '["spoiled","blank","by","kind","order","reason"]["untouched","blank","by","reason"]["unsure","blank","cause"]'
    '"counter_mismatch""counter_missing""printer_reset""link_lost""session_lost""power_lost""unplugged""no_answer"'
    '"clerk""jam""cover_open""ribbon_ended""feeder_empty""busy""offline""error""needs_hands""ready"'
    '["printer_state","cause","state"]{"word":"unknown_station""fork","have":[0,0]}'
    '"first_card""status_change""suket_prr""suket_replacement""disaster""data_change"'
    '["station_started","after","sqlite","version"]["0.1.0"],["3.53.0"],["clean"],["unclean"],["first"]'
    '{"head":[1,],"have":[0,0],"at_ms":17900000000,"ask":true,"version":"0.1.0","keys":{"sign":"","seal":"",'
    '"proof":""}}{"online":false,"at_ms":17900000000}{"mark":[1,0],"gap":false}'
    '["order_received","kind","reason"]["ktp"],["kia"],["suket_prr"]]]'
    '["printer_state","cause","state"],[0],[null],["ready"]'
    '["print_intended","artefact",["before","cards"],["before","panels"],"blank","kind","panels","printer","session"],'
    '[[4],["ktp"],["SIM'
    '["feed_intended",["before","cards"],["before","panels"],"printer","session"],'
    '["staged","blank","kind","witness"],[["04"],["ktp"],["chip"]]'
    '["job_queued","attempt","kind","order"],[[1],["ktp"],["'
    '["printed","blank","by","kind","order"]],[0],["64.-1"],[[["04"],["evidence"],["ktp"],["64.'
    '{"c":"evidence"},{"c":"ktp"},{"s":["{"d":[0,1,1,1,0,0,0,0],{"c":"chip"},{"c":4},[0,1,2,3,4,0,1,2,3,4,'
    "[[1,],[],[17900000000"
).encode("ascii")

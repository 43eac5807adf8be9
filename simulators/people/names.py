"""The words synthetic people are made of. Names and streets are invented; places are codes, not villages.

A name ends in SPECIMEN, so that nobody can take a made-up person for a neighbour.
Source of the district codes: the Interior Ministry's list for East Kalimantan.
"""

MEN = (
    "ARDANU", "BIMASRA", "CAKRAYO", "DAMARIN", "ELANGSA", "FARENDI", "GALARAN", "HANDARU", "INDRAPO",
    "JALADRI", "KELANATA", "LINGGARO", "MANDALAN", "NARAYUDI", "PANDURA", "RANGGASI", "SADEWANTO", "TIRTAYO",
)  # fmt: skip
WOMEN = (
    "ANJARINI", "BULANSI", "CEMPARA", "DAHLIANI", "EMBUNSARI", "FIRDALIA", "GENDARI", "HARUMI", "INTANURI",
    "JELITARA", "KENANGSI", "LARASTI", "MELATIRA", "NIRMALANI", "PUSPARANI", "RINJANIS", "SEKARLIA",
)  # fmt: skip
FAMILIES = (
    "AWANGGU", "BENUAQO", "DAYANGRA", "KELUBAT", "LAMINGKO", "MAHAKARU", "PAMPANGI", "RINTISAN", "SEPINGKU",
    "TELIHANO", "ULINGGA", "WEHEANO",
)  # fmt: skip
STREETS = ("CONTOH", "PERCOBAAN", "SPECIMEN", "RAMBUTAN UJI", "MERANTI UJI", "ULIN UJI")
RELIGIONS = ("ISLAM", "KRISTEN", "KATOLIK", "HINDU", "BUDHA", "KHONGHUCU")
OCCUPATIONS = (
    "PETANI/PEKEBUN", "NELAYAN/PERIKANAN", "KARYAWAN SWASTA", "WIRASWASTA", "GURU", "PERAWAT", "PEDAGANG",
    "MENGURUS RUMAH TANGGA", "BELUM/TIDAK BEKERJA", "PELAJAR/MAHASISWA", "BURUH HARIAN LEPAS", "SOPIR",
)  # fmt: skip
BLOOD = ("A", "B", "AB", "O", "-")

DISTRICTS: dict[str, range] = {  # office -> codes of its districts (kecamatan)
    "64.01": range(1, 11),
    "64.02": range(1, 21),
    "64.03": range(1, 14),
    "64.07": range(5, 21),
    "64.08": range(1, 19),
    "64.09": range(1, 5),
    "64.11": range(1, 6),
    "64.71": range(1, 7),
    "64.72": range(1, 11),
    "64.74": range(1, 4),
}

"""Attacks that other tests hold: attack to tests; and attacks on what this project does not have."""

# ruff: noqa: E501 - ids of tests

from __future__ import annotations

from typing import Final

__all__ = ["HELD_ELSEWHERE", "NO_SURFACE"]

_BOX: Final = "tests/grader_engine/test_box_attacks.py::test_box_holds"
_COLLECT: Final = "tests/desk/test_collect_hostile.py"

HELD_ELSEWHERE: Final[dict[str, tuple[str, ...]]] = {
    "A1": ("tests/grader_engine/test_zygote.py::test_what_is_bent_is_reported_and_put_back",),
    "A3": ("tests/grader_engine/test_probe.py::test_nobody_can_lie_to_the_judge",),
    "A10": ("tests/grader_engine/test_zygote.py::test_threads_and_tasks_of_earlier_cells_show_nothing_later",),
    "A12": ("tests/grader_engine/test_scoring.py::test_strict_mode_closes_the_holes",),
    "A15": (
        "tests/grader_engine/test_zygote.py::test_what_has_not_run_is_not_in_memory",
        "tests/grader_engine/test_probe.py::test_the_expected_value_is_never_in_the_learners_process",
    ),
    "A17": ("tests/grader_engine/test_probe.py::test_a_hidden_test_is_not_shown",),
    "A19": ("tests/grader_engine/test_zygote.py::test_modules_of_the_folder_do_not_stand_before_the_libraries",),
    "A27": ("tests/grader_engine/test_zygote.py::test_forged_messages_are_put_aside",),
    "B3": ("tests/grader_engine/test_restore.py::test_of_two_answers_the_one_that_was_written_in_counts",),
    "B13": ("tests/grader/test_files.py::test_what_is_no_notebook_is_refused_by_name",),
    "B20": ("tests/desk/test_collect_hostile.py::test_another_learners_code_and_a_changed_file_are_flagged",),
    "B21": (
        "tests/grader_engine/escape/test_surroundings.py::test_what_is_no_plain_file_is_refused",
        f"{_COLLECT}::test_dangerous_files_are_refused",
    ),
    "B22": (
        f"{_COLLECT}::test_a_bomb_is_refused_before_it_is_opened",
        f"{_COLLECT}::test_a_zip_that_leaves_its_folder_is_refused_whole",
        f"{_COLLECT}::test_too_many_files_are_refused",
    ),
    "B25": ("tests/grader_engine/escape/test_surroundings.py::test_a_copy_is_graded_as_it_was_read",),
    "B26": (
        f"{_COLLECT}::test_another_learners_code_and_a_changed_file_are_flagged",
        "tests/grader_engine/test_duplicates.py::test_both_copies_are_named",
    ),
    **{
        f"C{number}": (_BOX,)
        for number in (*range(1, 11), *range(12, 24), 25, 30, 32)
    },
    "C24": ("tests/grader_engine/test_box_twins.py::test_nothing_carries_over",),
    "C26": ("tests/grader_engine/test_zygote.py::test_the_parent_is_not_changed_by_a_copy",),
    "C27": ("tests/grader_engine/test_box_twins.py::test_links_are_never_followed",),
    "C28": ("tests/grader_engine/test_shell.py::test_what_is_no_frame_is_refused",),
    "C29": ("tests/grader_engine/escape/test_surroundings.py::test_nothing_is_ever_unpickled",),
    "C31": (
        "tests/grader_engine/test_box_check.py::test_trials_see_a_missing_box",
        "tests/grader_engine/test_box_check.py::test_missing_pieces_are_named",
    ),
    "D8": (
        "tests/desk/test_marks_export.py::test_no_cell_is_a_formula",
        "tests/desk/test_marks_export.py::test_quotes_separators_and_ends_of_line_stay_inside_their_cell",
    ),
    "D9": ("tests/e2e/test_serve_command.py::test_nothing_opens_without_the_token",),
    "D11": (
        "tests/desk/test_answer_store.py::test_an_odd_exercise_or_door_is_refused",
        f"{_COLLECT}::test_names_that_are_none_are_refused",
    ),
    "E2": ("tests/desk/test_collect.py::test_a_newer_copy_replaces_an_older_one",),
    "E4": ("tests/grader_engine/escape/test_surroundings.py::test_a_noisy_neighbour_costs_nobody_a_mark",),
    "E5": (
        "tests/grader_engine/test_zygote.py::test_the_seed_decides_random_numbers",
        "tests/grader_engine/test_repeat.py::test_marks_that_differ_ask_for_a_look",
    ),
    "E6": (
        "tests/grader_engine/test_journal.py::test_a_killed_run_is_taken_up",
        "tests/grader_engine/test_journal.py::test_a_full_disk_leaves_the_journal_as_it_was",
    ),
    "E7": (
        "tests/grader_engine/test_gradebook.py::test_marks_given_meanwhile_are_not_undone",
        "tests/grader_engine/test_gradebook.py::test_a_regrade_keeps_a_persons_marks_and_asks_again",
    ),
}  # fmt: skip
"""Tests that hold an attack, by its number; a test says that they exist."""

NO_SURFACE: Final = {
    "D10": "Pages for marking are nbgrader's formgrader, behind Jupyter's token; ours are files without a server.",
    "D12": "There are no trainer's routes of ours: marking is formgrader, which learners are not given.",
    "D13": "Feedback pages are files in the trainer's folder: no address serves them.",
}
"""Attacks on something that this project does not have."""

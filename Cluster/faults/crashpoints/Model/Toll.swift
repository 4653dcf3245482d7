/// What was tried, and what was found.
package struct Toll: Sendable {
    /// Operations of the disks, after each of which the power was cut.
    package var operations = 0
    /// Disks that were recovered from, no two alike within a workload.
    package var images = 0
    /// Those of them of which the view and every page were looked at, too.
    package var whole = 0
    /// Those that were compared event by event.
    package var thorough = 0
    /// Those that were cut again while they recovered.
    package var cutAgain = 0
    /// Those in which turns were there that nobody had acknowledged yet, and those in which such turns were gone.
    package var unacknowledgedKept = 0
    package var unacknowledgedGone = 0
    /// Those whose view was made anew.
    package var viewsRebuilt = 0
    /// Writes that were torn.
    package var tornWrites = 0
    /// Errors that the disk reported, those that a process ended for, and those that it could do without.
    package var errors = 0
    package var errorsFatal = 0
    package var errorsHarmless = 0
    package var violations: [Violation] = []

    /// After so many violations a workload is left: they are all the same.
    static let violationsPerWorkload = 5

    package init() {}
}

package import Desk
package import Promises

/// What a rehearsal plays: a desk, who writes to it and who works at it. The same plan always gives the same log.
package struct RehearsalPlan: Sendable {
    package var settings: DeskSettings
    /// The text that the settings were read from.
    package var source: String
    /// On the wall clock of the desk's hours.
    package var firstDay: CivilDay
    package var days: Int
    package var demand: Demand
    package var crews: [Crew]
    package var seed: UInt64

    package init(
        settings: DeskSettings, source: String = "", firstDay: CivilDay, days: Int = 7, demand: Demand,
        crews: [Crew], seed: UInt64 = 1
    ) {
        self.settings = settings
        self.source = source
        self.firstDay = firstDay
        self.days = days
        self.demand = demand
        self.crews = crews
        self.seed = seed
        // People are not lost as processes are: a sign of life a minute is enough to hold a claim of three.
        self.settings.heartbeatMilliseconds = 60_000
    }

    /// Its days, in order.
    package var calendar: [CivilDay] { (0..<days).map { firstDay.advanced(by: $0) } }
}

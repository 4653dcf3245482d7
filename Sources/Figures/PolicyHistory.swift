package import Desk
package import Promises
package import Tickets

/// What a desk promised, and from when on.
///
/// A promise is judged as the desk judges it: by the policy and the priority of each moment for which its clock ran.
package struct PolicyHistory: Hashable, Sendable {
    /// What the desk promised until the next version.
    package struct Version: Hashable, Sendable {
        /// When it came into force; of the first, before everything.
        package let from: Moment
        package let policy: PromisePolicy
        /// Whose hours and weekdays.
        package let zone: ZoneOffsets
    }

    /// In order, at least one.
    package private(set) var versions: [Version]

    /// One policy for all time; without one, an answer and a solution within a day, at any hour.
    package init(_ policy: PromisePolicy = .standard, zone: ZoneOffsets = .utc) {
        versions = [Version(from: Moment(milliseconds: .min), policy: policy, zone: zone)]
    }

    /// What one desk promises, for all time.
    package init(_ settings: DeskSettings) {
        self.init(settings.promises, zone: settings.hours.zone)
    }

    /// From a moment on the desk is another. Moments come in order.
    package mutating func add(_ settings: DeskSettings, at moment: Moment) {
        let (policy, zone) = (settings.promises, settings.hours.zone)
        // Most of what is changed at a desk changes no promise.
        if policy == last.policy, zone == last.zone { return }
        if versions.count > 1, last.from == moment { versions.removeLast() }
        versions.append(Version(from: moment, policy: policy, zone: zone))
    }

    /// The one in force at the end.
    package var last: Version { versions[versions.count - 1] }

    /// The index of the one in force at a moment.
    func index(at moment: Moment) -> Int {
        var (low, high) = (0, versions.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if versions[middle].from <= moment { low = middle } else { high = middle - 1 }
        }
        return low
    }
}

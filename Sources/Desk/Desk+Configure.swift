package import Tickets

extension Desk {
    /// The event that gives the desk other settings.
    func configure(_ wish: Reconfiguration) throws(Refusal) -> Event {
        guard wish.basis == version else {
            throw Refusal(
                .otherVersion,
                "the desk has version \(version) of its configuration, not \(wish.basis): look at what was changed "
                    + "meanwhile, then apply yours again")
        }
        try check(required: wish.reason, "the reason")
        try check(line: wish.reason, "the reason")
        try check(text: wish.source, "the source")
        let settings: DeskSettings
        do {
            settings = try SettingsCoding.decode(wish.settings)
        } catch {
            throw Refusal(.invalidSettings, "the settings cannot be read: \(error)")
        }
        return try configure(settings, source: wish.source, reason: wish.reason)
    }

    /// The same for settings that came with the process.
    func configure(_ settings: DeskSettings, source: String, reason: String) throws(Refusal) -> Event {
        let settings = settings.asRun(by: self.settings)
        if let flaw = settings.flaws.first { throw Refusal(.invalidSettings, "\(flaw)") }
        guard version < UInt64(settings.limits.configurationsMax) else {
            throw Refusal(.tooManyValues, "the desk has had \(version) configurations, which is its bound")
        }
        if let need = firstNeed(missingFrom: settings) { throw Refusal(.lineInUse, need.description) }
        return .configured(
            Configuration(version: version + 1, settings: settings, source: source, reason: reason))
    }

    /// Other settings from here on. Tickets stay where they are; claims keep the lease that they were granted with.
    mutating func adopt(_ configuration: Configuration, at position: Position) {
        precondition(
            configuration.version == version + 1, "version \(configuration.version) after \(version)")
        configurations.append(position)
        self.configuration = configuration
        settings = configuration.settings.asRun(by: settings)
        adoptPromises()
        adoptSeats()
        adoptOverflow()
        adoptCustomers()
        adoptWishes()
    }
}

/// Tickets that need a line.
package struct LineNeed: Hashable, Sendable, CustomStringConvertible {
    package var line: Name
    /// Waiting, claimed, parked or set aside.
    package var open = 0
    /// Solved: a further message of their customer brings them back there.
    package var solved = 0
    /// Escalated from there, to be handed back.
    package var escalated = 0

    package var description: String {
        let kinds = [
            (open, "are on"), (solved, "are solved and may come back to"), (escalated, "go back to"),
        ]
        let counts = kinds.filter { $0.0 > 0 }.map { "\($0.0) \($0.1) it" }.joined(separator: ", ")
        return
            "line \(line) is needed: of its tickets \(counts); keep the line, and take it out when it is empty"
    }
}

extension Desk {
    /// The first line, by name, that tickets need and these settings do not have; nil when they have all.
    ///
    /// Nobody would ever be given such tickets. Looks at every ticket, and so is not for the hot path.
    package func firstNeed(missingFrom settings: DeskSettings) -> LineNeed? {
        var needs: [LineNeed] = []
        let kept = settings.lines.map(\.name)
        func count(_ line: Name, _ kind: WritableKeyPath<LineNeed, Int>) {
            if let index = needs.firstIndex(where: { $0.line == line }) {
                needs[index][keyPath: kind] += 1
            } else {
                needs.append(LineNeed(line: line))
                needs[needs.count - 1][keyPath: kind] = 1
            }
        }
        // In any order: they are counted.
        tickets.visit { _, ticket in
            if !kept.contains(ticket.line) { count(ticket.line, ticket.isOpen ? \.open : \.solved) }
            for line in ticket.frames where !kept.contains(line) { count(line, \.escalated) }
        }
        return needs.min { $0.line < $1.line }
    }
}

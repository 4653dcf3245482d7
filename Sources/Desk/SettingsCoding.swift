import Promises
package import ProtoBytes
import Tickets

/// Settings ⇄ the message `Settings` of switchboard.proto, in which they go over the wire and lie in the log.
///
/// One layout for both, because neither may ever forget how to read it. Decoding is total: any bytes give settings or
/// a flaw, never a trap. What is the process's is not in it; see ``DeskSettings/asRun(by:)``.
package enum SettingsCoding {
    package static func encode(_ settings: DeskSettings) -> [UInt8] {
        var writer = ProtoWriter(capacity: 4_096)
        write(settings, to: &writer)
        return writer.bytes
    }

    package static func write(_ settings: DeskSettings, to writer: inout ProtoWriter) {
        for line in settings.lines { write(line, to: &writer) }
        writer.field(2, settings.personLeaseMillisecondsMax)
        // Hours have a zone with a century of its changes: each that differs stands here once.
        var hours = [settings.hours]
        for rule in settings.promises.rules where !hours.contains(rule.hours) { hours.append(rule.hours) }
        for hours in hours { HoursCoding.write(hours, 3, to: &writer) }
        write(settings.promises, hours, to: &writer)
        LifeCoding.write(settings.life, to: &writer)
        RuleCoding.write(settings.rules, 30, to: &writer)
        if let costs = settings.seatCosts { write(costs, to: &writer) }
        SkillCoding.write(settings.expertise, 36, to: &writer)
        if let fairness = settings.fairness { write(fairness, to: &writer) }
        if let time = settings.stickyMilliseconds { writer.field(38, time) }
        writer.field(60, settings.keepsPromises)
        if let notice = settings.delayNotice { write(notice, to: &writer) }
        writer.field(62, settings.givesEstimates)
        for step in settings.ladder { LadderCoding.write(step, 63, to: &writer) }
        for group in settings.groups { RuleCoding.write(group, 64, to: &writer) }
        if let acknowledgement = settings.acknowledgement { write(acknowledgement, to: &writer) }
        if let span = settings.joinWithinMilliseconds { writer.fieldAlways(66, UInt64(bitPattern: span)) }
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer) throws -> DeskSettings {
        var reader = ProtoReader(bytes)
        var (lines, hours, rules) = ([LineSettings](), [BusinessHours](), [(PromisePolicy.Rule, Int)]())
        var (personLease, warnings, hasPromises) = (Int64(0), [Int64](), false)
        var (life, keepsPromises, givesEstimates) = (LifeSettings(), false, false)
        var (ladder, groups) = ([LadderStep](), [CustomerGroup]())
        var acknowledgement: Acknowledgement?
        var (routing, expertise) = ([RoutingRule](), [Expertise]())
        var (sticky, joinWithin) = (Int64?.none, Int64?.none)
        var (delayNotice, seatCosts, fairness) = (DelayNotice?.none, SeatCosts?.none, Fairness?.none)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): lines.append(try line(try reader.slice()))
            case (2, .varint): personLease = Int64(bitPattern: try reader.varint())
            case (3, .bytes): hours.append(try HoursCoding.read(try reader.slice()))
            case (4, .bytes):
                (rules, warnings) = try promises(try reader.slice())
                hasPromises = true
            case (5, .varint): life.closesAfterMilliseconds = Int64(bitPattern: try reader.varint())
            case (6, .bytes): life.kinds.append(try LifeCoding.kind(try reader.slice()))
            case (7, .bytes): life.deputies.append(try LifeCoding.deputy(try reader.slice()))
            case (30, .bytes): routing.append(try RuleCoding.read(try reader.slice()))
            case (35, .bytes): seatCosts = try seats(try reader.slice())
            case (36, .bytes): expertise.append(try SkillCoding.expertise(try reader.slice()))
            case (37, .bytes): fairness = try Self.fairness(try reader.slice())
            case (38, .varint): sticky = Int64(bitPattern: try reader.varint())
            case (60, .varint): keepsPromises = try reader.varint() != 0
            case (62, .varint): givesEstimates = try reader.varint() != 0
            case (61, .bytes): delayNotice = try Self.delayNotice(try reader.slice())
            case (66, .varint): joinWithin = Int64(bitPattern: try reader.varint())
            case (65, .bytes): acknowledgement = try Self.acknowledgement(try reader.slice())
            case (64, .bytes): groups.append(try RuleCoding.group(try reader.slice()))
            case (63, .bytes): ladder.append(try LadderCoding.read(try reader.slice()))
            default: try reader.skip(key)
            }
        }
        guard !lines.isEmpty else { throw SettingsFlaw("lines", "a desk has at least one line") }
        var settings = DeskSettings(lines: lines)
        settings.personLeaseMillisecondsMax = personLease
        if let first = hours.first { settings.hours = first }
        settings.life = life
        settings.rules = routing
        settings.expertise = expertise
        settings.seatCosts = seatCosts
        settings.fairness = fairness
        settings.stickyMilliseconds = sticky
        settings.joinWithinMilliseconds = joinWithin
        settings.keepsPromises = keepsPromises
        settings.ladder = ladder
        settings.groups = groups
        settings.acknowledgement = acknowledgement
        settings.delayNotice = delayNotice
        settings.givesEstimates = givesEstimates
        guard hasPromises else { return settings }
        settings.promises = PromisePolicy(
            rules: try rules.map { rule, index in
                guard hours.indices.contains(index) else {
                    throw SettingsFlaw("promises", "a promise names hours that are not there")
                }
                var rule = rule
                rule.hours = hours[index]
                return rule
            }, warnings: warnings)
        return settings
    }

    package static func decode(_ bytes: [UInt8]) throws -> DeskSettings {
        try bytes.withUnsafeBytes { try decode($0) }
    }

    // MARK: - Lines

    private static func write(_ line: LineSettings, to writer: inout ProtoWriter) {
        let start = writer.begin(1)
        writer.field(1, line.name.text)
        writer.field(2, line.next?.text ?? "")
        for milliseconds in line.headStartMilliseconds {
            writer.fieldAlways(3, UInt64(bitPattern: milliseconds))
        }
        writer.field(4, line.leaseMilliseconds)
        writer.field(5, line.ownerWaitMilliseconds)
        writer.field(6, line.answersEscalated)
        writer.field(35, UInt32(line.policy.rawValue))
        if let ageing = line.ageingMilliseconds { writer.fieldAlways(36, UInt64(bitPattern: ageing)) }
        if line.effortFactor != standardFactor {
            writer.fieldAlways(37, UInt64(bitPattern: line.effortFactor))
        }
        if line.preferredForMilliseconds != standardPreference {
            writer.fieldAlways(38, UInt64(bitPattern: line.preferredForMilliseconds))
        }
        writer.field(40, UInt32(line.selection.rawValue))
        if let offers = line.offers { OfferCoding.write(offers, 41, to: &writer) }
        if let overflow = line.overflow {
            let start = writer.begin(39)
            writer.field(1, overflow.afterMilliseconds)
            writer.field(2, overflow.line.text)
            writer.field(3, overflow.dropsSkills)
            writer.end(start)
        }
        writer.end(start)
    }

    private static func overflow(_ bytes: UnsafeRawBufferPointer) throws -> Overflow {
        var reader = ProtoReader(bytes)
        var (after, line, drops) = (Int64(0), Name?.none, false)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): after = Int64(bitPattern: try reader.varint())
            case (2, .bytes): line = try reader.name("lines")
            case (3, .varint): drops = try reader.varint() != 0
            default: try reader.skip(key)
            }
        }
        guard let line else { throw SettingsFlaw("lines", "an overflow goes to a line") }
        return Overflow(afterMilliseconds: after, to: line, dropsSkills: drops)
    }

    /// For how long a ticket is kept for those with the skills that it prefers when nothing is written; 0 is: not.
    private static let standardPreference: Int64 = 120_000
    /// What a line's efforts are worth when nothing is written; 0 is no factor.
    private static let standardFactor: Int64 = 10

    private static func line(_ bytes: UnsafeRawBufferPointer) throws -> LineSettings {
        var reader = ProtoReader(bytes)
        var (name, next, headStarts) = (Name?.none, Name?.none, [Int64]())
        var (lease, ownerWait, answers) = (Int64(0), Int64(0), false)
        var (policy, ageing, factor) = (LinePolicy.priority, Int64?.none, standardFactor)
        var (preference, overflow) = (standardPreference, Overflow?.none)
        var (selection, offers) = (Selection.longestIdle, Offers?.none)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): name = try reader.name("lines")
            case (2, .bytes): next = try reader.name("lines")
            case (3, .varint): headStarts.append(Int64(bitPattern: try reader.varint()))
            case (3, .bytes):
                var packed = ProtoReader(try reader.slice())
                while !packed.isAtEnd { headStarts.append(Int64(bitPattern: try packed.varint())) }
            case (4, .varint): lease = Int64(bitPattern: try reader.varint())
            case (5, .varint): ownerWait = Int64(bitPattern: try reader.varint())
            case (6, .varint): answers = try reader.varint() != 0
            case (35, .varint):
                guard let value = UInt8(exactly: try reader.varint()).flatMap(LinePolicy.init(rawValue:))
                else { throw SettingsFlaw("lines", "there is no such policy") }
                policy = value
            case (36, .varint): ageing = Int64(bitPattern: try reader.varint())
            case (37, .varint): factor = Int64(bitPattern: try reader.varint())
            case (40, .varint):
                guard let value = UInt8(exactly: try reader.varint()).flatMap(Selection.init(rawValue:))
                else { throw SettingsFlaw("lines", "there is no such selection") }
                selection = value
            case (41, .bytes): offers = try OfferCoding.read(try reader.slice())
            case (39, .bytes): overflow = try Self.overflow(try reader.slice())
            case (38, .varint): preference = Int64(bitPattern: try reader.varint())
            default: try reader.skip(key)
            }
        }
        guard let name else { throw SettingsFlaw("lines", "a line has a name") }
        guard headStarts.count == Priority.allCases.count else {
            throw SettingsFlaw("lines", "line \(name) has one head start for each priority")
        }
        var line = LineSettings(
            name: name, next: next, headStartMilliseconds: headStarts, leaseMilliseconds: lease,
            ownerWaitMilliseconds: ownerWait, answersEscalated: answers)
        (line.policy, line.ageingMilliseconds, line.effortFactor) = (policy, ageing, factor)
        (line.preferredForMilliseconds, line.overflow) = (preference, overflow)
        (line.selection, line.offers) = (selection, offers)
        return line
    }

    // MARK: - Fairness

    private static func write(_ fairness: Fairness, to writer: inout ProtoWriter) {
        let start = writer.begin(37)
        writer.field(1, UInt32(clamping: fairness.free))
        writer.field(2, fairness.stepMilliseconds)
        writer.field(3, fairness.mostMilliseconds)
        writer.end(start)
    }

    private static func fairness(_ bytes: UnsafeRawBufferPointer) throws -> Fairness {
        var reader = ProtoReader(bytes)
        var fairness = Fairness(free: 0, stepMilliseconds: 0, mostMilliseconds: 0)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): fairness.free = Int(UInt32(clamping: try reader.varint()))
            case (2, .varint): fairness.stepMilliseconds = Int64(bitPattern: try reader.varint())
            case (3, .varint): fairness.mostMilliseconds = Int64(bitPattern: try reader.varint())
            default: try reader.skip(key)
            }
        }
        return fairness
    }

    // MARK: - Seats

    private static func write(_ costs: SeatCosts, to writer: inout ProtoWriter) {
        let start = writer.begin(35)
        for share in costs.shares {
            let start = writer.begin(1)
            writer.field(1, share.channel.text)
            writer.field(2, UInt32(clamping: share.perSeat))
            writer.end(start)
        }
        writer.field(2, UInt32(clamping: costs.others))
        writer.end(start)
    }

    private static func seats(_ bytes: UnsafeRawBufferPointer) throws -> SeatCosts {
        var reader = ProtoReader(bytes)
        var costs = SeatCosts(shares: [], others: 0)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): costs.shares.append(try share(try reader.slice()))
            case (2, .varint): costs.others = Int(UInt32(clamping: try reader.varint()))
            default: try reader.skip(key)
            }
        }
        return costs
    }

    private static func share(_ bytes: UnsafeRawBufferPointer) throws -> SeatCosts.Share {
        var reader = ProtoReader(bytes)
        var (channel, perSeat) = (Name?.none, 0)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): channel = try reader.name("seats")
            case (2, .varint): perSeat = Int(UInt32(clamping: try reader.varint()))
            default: try reader.skip(key)
            }
        }
        guard let channel else { throw SettingsFlaw("seats", "a share of a seat is of a channel") }
        return SeatCosts.Share(channel, perSeat: perSeat)
    }

    // MARK: - Promises

    private static func write(
        _ policy: PromisePolicy, _ hours: [BusinessHours], to writer: inout ProtoWriter
    ) {
        let start = writer.begin(4)
        for rule in policy.rules {
            let start = writer.begin(1)
            writer.field(1, rule.name)
            for channel in rule.channels { writer.fieldAlways(2, channel.text) }
            for priority in rule.priorities { writer.fieldAlways(3, UInt64(priority.rawValue)) }
            for group in rule.groups { writer.fieldAlways(4, group) }
            write(rule.targets, to: &writer)
            writer.field(9, UInt64(hours.firstIndex(of: rule.hours) ?? 0))
            writer.end(start)
        }
        for warning in policy.warnings { writer.fieldAlways(2, UInt64(bitPattern: warning)) }
        writer.end(start)
    }

    private static func write(_ targets: PromiseTargets, to writer: inout ProtoWriter) {
        for (number, value) in [
            (5 as UInt32, targets.firstResponse), (6, targets.nextResponse), (7, targets.resolution),
        ] {
            if let value { writer.fieldAlways(number, UInt64(bitPattern: value)) }
        }
        for target in targets.lines {
            let start = writer.begin(8)
            writer.field(1, target.line.text)
            writer.field(2, target.milliseconds)
            writer.end(start)
        }
    }

    private static func promises(
        _ bytes: UnsafeRawBufferPointer
    ) throws -> (rules: [(PromisePolicy.Rule, Int)], warnings: [Int64]) {
        var reader = ProtoReader(bytes)
        var (rules, warnings) = ([(PromisePolicy.Rule, Int)](), [Int64]())
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): rules.append(try promise(try reader.slice()))
            case (2, .varint): warnings.append(Int64(bitPattern: try reader.varint()))
            default: try reader.skip(key)
            }
        }
        return (rules, warnings)
    }

    /// A rule, and the index of its hours.
    private static func promise(_ bytes: UnsafeRawBufferPointer) throws -> (PromisePolicy.Rule, Int) {
        var reader = ProtoReader(bytes)
        var rule = PromisePolicy.Rule(name: "", targets: PromiseTargets())
        var hours = 0
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): rule.name = try reader.text()
            case (2, .bytes): rule.channels.append(try reader.name("promises"))
            case (3, .varint):
                guard let priority = UInt8(exactly: try reader.varint()).flatMap(Priority.init(rawValue:))
                else { throw SettingsFlaw("promises", "there is no such priority") }
                rule.priorities.append(priority)
            case (4, .bytes): rule.groups.append(try reader.text())
            case (5, .varint): rule.targets.firstResponse = Int64(bitPattern: try reader.varint())
            case (6, .varint): rule.targets.nextResponse = Int64(bitPattern: try reader.varint())
            case (7, .varint): rule.targets.resolution = Int64(bitPattern: try reader.varint())
            case (8, .bytes): rule.targets.lines.append(try lineTarget(try reader.slice()))
            case (9, .varint): hours = Int(clamping: try reader.varint())
            default: try reader.skip(key)
            }
        }
        return (rule, hours)
    }

    private static func lineTarget(_ bytes: UnsafeRawBufferPointer) throws -> PromiseTargets.LineTarget {
        var reader = ProtoReader(bytes)
        var (line, milliseconds) = (Name?.none, Int64(0))
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): line = try reader.name("promises")
            case (2, .varint): milliseconds = Int64(bitPattern: try reader.varint())
            default: try reader.skip(key)
            }
        }
        guard let line else { throw SettingsFlaw("promises", "a promise of a line names it") }
        return PromiseTargets.LineTarget(line: line, milliseconds: milliseconds)
    }
}

extension ProtoReader {
    mutating func name(_ place: String) throws -> Name {
        guard let name = Name(try text()) else { throw SettingsFlaw(place, "a name in it is none") }
        return name
    }
}

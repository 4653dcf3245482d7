import Desk
import Promises
import Tickets
import Yams

/// A desk's configuration as a YAML file says it; see Cluster/desks.
struct DeskFile {
    /// The text as it was read.
    let source: String
    /// Nil when something is wrong.
    let settings: DeskSettings?
    /// In the order of the file.
    let findings: [FileFinding]

    /// Reads a file.
    ///
    /// - Throws: When there is no such file, or it is not UTF-8; what is wrong in it is in ``findings``.
    static func read(_ path: String) throws -> DeskFile {
        DeskFile(try TextFile.read(path))
    }

    init(_ source: String) {
        self.source = source
        let report = FileReport()
        let settings = Self.settings(source, report)
        findings = report.findings.sorted { ($0.line, $0.column, $0.key) < ($1.line, $1.column, $1.key) }
        self.settings = findings.isEmpty ? settings : nil
    }

    /// The settings.
    ///
    /// - Throws: The first of what is wrong, with its place in the file of that name.
    func sound(_ path: String) throws -> DeskSettings {
        if let settings { return settings }
        let first = findings.first?.text ?? "it says nothing"
        let more =
            findings.count > 1 ? " (and \(findings.count - 1) more: see `switchboard config check`)" : ""
        throw Failure(.usage, "\(path):\(first)\(more)")
    }

    private static func settings(_ source: String, _ report: FileReport) -> DeskSettings? {
        let node: Node?
        do {
            node = try compose(yaml: source)
        } catch {
            report.add(error)
            return nil
        }
        guard let node else {
            report.add("", "the file is empty; a desk has `lines`")
            return nil
        }
        guard var file = FileSection(node, "", report) else { return nil }
        let settings = settings(&file)
        file.finish()
        return settings
    }

    /// The settings of a file that is a desk's, and may have other keys beside; nil when there are no lines.
    static func settings(_ file: inout FileSection) -> DeskSettings? {
        let report = file.report
        let hours = HoursFile.hours(&file)
        let lines = file.required("lines") { $0.sections($1) }?.compactMap { line($0) } ?? []
        let keepsPromises = file.keys.contains("promises")
        let promises = HoursFile.promises(&file, hours, lines.map(\.name))
        let ladder = LadderFile.ladder(&file)
        let acknowledgement = NoticeFile.acknowledgement(&file)
        let delayNotice = NoticeFile.notice(&file)
        let givesEstimates = file.flag("estimates") ?? false
        let personLease = file.duration("person-lease")
        let life = LifeFile.life(&file)
        let groups = RulesFile.groups(&file)
        let rules = RulesFile.rules(&file)
        let expertise = SkillsFile.expertise(&file)
        let seatCosts = SeatsFile.seats(&file)
        let fairness = fairness(&file)
        let (sticky, joinWithin) = (file.duration("sticky"), file.duration("join-within"))
        guard !lines.isEmpty else {
            if report.findings.isEmpty { report.add("lines", "a desk has at least one line") }
            return nil
        }
        var settings = DeskSettings(lines: lines)
        settings.hours = hours
        settings.promises = promises
        settings.keepsPromises = keepsPromises
        settings.ladder = ladder
        settings.acknowledgement = acknowledgement
        settings.delayNotice = delayNotice
        settings.givesEstimates = givesEstimates
        settings.life = life
        settings.groups = groups
        settings.rules = rules
        settings.expertise = expertise
        settings.seatCosts = seatCosts
        settings.fairness = fairness
        settings.stickyMilliseconds = sticky
        settings.joinWithinMilliseconds = joinWithin
        if let personLease { settings.personLeaseMillisecondsMax = personLease }
        report.add(settings.flaws)
        return settings
    }

    private static func fairness(_ file: inout FileSection) -> Fairness? {
        guard var section = file.section("fairness") else { return nil }
        let free = section.required("free") { $0.whole($1, in: 1...1_000) }
        let step = section.required("step") { $0.duration($1) }
        let most = section.required("most") { $0.duration($1) }
        section.finish()
        guard let free, let step, let most else { return nil }
        return Fairness(free: free, stepMilliseconds: step, mostMilliseconds: most)
    }

    private static func line(_ section: FileSection) -> LineSettings? {
        var section = section
        let name = section.required("name") { $0.name($1) }
        // A line without a usable name is read on, so that all that is wrong with it is told.
        var line = LineSettings(name: name ?? "nameless")
        line.next = section.name("next")
        if let lease = section.duration("lease") { line.leaseMilliseconds = lease }
        if let wait = section.duration("owner-wait") { line.ownerWaitMilliseconds = wait }
        if let time = section.duration("preferred-for") { line.preferredForMilliseconds = time }
        if let answers = section.flag("answers-escalated") { line.answersEscalated = answers }
        if let policy = section.choice("policy", LinePolicy.allCases.map { ($0.word, $0) }) {
            line.policy = policy
        }
        if let selection = section.choice("selection", Selection.allCases.map { ($0.word, $0) }) {
            line.selection = selection
        }
        line.offers = offers(&section)
        line.ageingMilliseconds = section.duration("ageing")
        if let factor = section.whole("effort-factor", in: 1...1_000) {
            line.effortFactor = Int64(factor)
        }
        if var overflow = section.section("overflow") {
            let after = overflow.required("after") { $0.duration($1) }
            let target = overflow.required("to") { $0.name($1) }
            let skills = overflow.choice("skills", [("kept", false), ("dropped", true)])
            overflow.finish()
            if let after, let target {
                line.overflow = Overflow(
                    afterMilliseconds: after, to: target, dropsSkills: skills ?? false)
            }
        }
        if var headStarts = section.section("head-start") {
            // Those that are left out have none.
            line.headStartMilliseconds = Priority.allCases.map { headStarts.duration($0.word) ?? 0 }
            headStarts.finish()
        }
        section.finish()
        return name == nil ? nil : line
    }

    /// `ticket` stands for every channel that is not named; what is left out is as usual.
    private static func offers(_ section: inout FileSection) -> Offers? {
        guard var file = section.section("offers") else { return nil }
        var offers = Offers()
        for key in file.keys {
            guard let milliseconds = file.duration(key) else { continue }
            if key == "ticket" {
                offers.others = milliseconds
            } else if let channel = Name(key) {
                offers.terms.removeAll { $0.channel == channel }
                offers.terms.append(Offers.Term(channel, milliseconds: milliseconds))
            } else {
                file.add(key, "`\(key)` is no channel's name")
            }
        }
        return offers
    }
}

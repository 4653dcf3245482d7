/// How one thing that must hold fared in a run.
package struct CheckReport: Codable, Sendable {
    package var name: String
    /// What holds, in one line.
    package var title: String
    /// How often it was looked at.
    package var checked = 0
    package var violations = 0
    /// The first of them, with numbers only.
    package var details: [String] = []

    /// Violations that are kept in words.
    private static let detailsMax = 10

    package init(_ name: String, _ title: String) {
        (self.name, self.title) = (name, title)
    }

    package var holds: Bool { violations == 0 }

    package mutating func check(_ holds: Bool, _ violation: @autoclosure () -> String) {
        checked += 1
        guard !holds else { return }
        violations += 1
        if details.count < Self.detailsMax { details.append(violation()) }
    }
}

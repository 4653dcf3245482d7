/// How a desk's tickets live: for how long a solved one may come back, and what each kind of request needs.
///
/// What a desk does not set here costs it nothing.
package struct LifeSettings: Hashable, Sendable {
    /// For how long the customer's message reopens a solved ticket, which closes then. A later message makes a new
    /// ticket that is linked to it. Four days, as in the products that people know.
    package var closesAfterMilliseconds: Int64 = 345_600_000
    /// Kinds that need something; of any other kind nothing is asked.
    package var kinds: [KindSettings] = []
    /// Who answers for an owner who is gone.
    package var deputies: [Deputy] = []

    package init() {}

    /// A linear search, because a desk has a handful of kinds.
    package func kind(_ name: String?) -> KindSettings? {
        guard let name else { return nil }
        return kinds.first { $0.name == name }
    }

    package func deputy(of owner: Name) -> Name? {
        deputies.first { $0.owner == owner }?.deputy
    }
}

/// What a ticket of one kind must say.
package struct KindSettings: Hashable, Sendable {
    package var name: String
    /// Names of fields that the customer must give. A ticket without them is taken all the same, and says which ones
    /// are to be asked for.
    package var fields: [String]
    /// Names of fields that somebody at the desk must fill in before the ticket may be escalated.
    package var checklist: [String]
    /// Milliseconds of work that it is expected to take; nil when nobody has said.
    package var effortMilliseconds: Int64?
    /// What whoever takes one is to do and say; empty where nothing is laid down. It is for the desk only.
    package var script = ""

    package init(
        name: String, fields: [String] = [], checklist: [String] = [], effortMilliseconds: Int64? = nil
    ) {
        self.name = name
        self.fields = fields
        self.checklist = checklist
        self.effortMilliseconds = effortMilliseconds
    }
}

/// Somebody and who stands in for them.
package struct Deputy: Hashable, Sendable {
    package var owner: Name
    package var deputy: Name

    package init(owner: Name, deputy: Name) {
        self.owner = owner
        self.deputy = deputy
    }
}

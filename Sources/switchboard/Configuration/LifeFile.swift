import Tickets

/// How tickets live, as a desk's file says it: `closes-after`, `kinds`, `deputies`.
enum LifeFile {
    static func life(_ file: inout FileSection) -> LifeSettings {
        var life = LifeSettings()
        if let milliseconds = file.duration("closes-after") { life.closesAfterMilliseconds = milliseconds }
        life.kinds = file.sections("kinds").map { section in
            var section = section
            var kind = KindSettings(
                name: section.required("name") { $0.text($1) } ?? "nameless", fields: section.texts("fields"),
                checklist: section.texts("checklist"), effortMilliseconds: section.duration("effort"))
            kind.script = section.text("script") ?? ""
            section.finish()
            return kind
        }
        if var deputies = file.section("deputies") {
            for key in deputies.keys {
                guard let deputy = deputies.name(key) else { continue }
                if let owner = Name(key) {
                    life.deputies.append(Deputy(owner: owner, deputy: deputy))
                } else {
                    deputies.add(key, "`\(key)` is no name")
                }
            }
        }
        return life
    }
}

//! A document: its headings, and the command lines under them.

/// Marks around a command.
const OPENS: &str = "{% highlight json %} ";
const CLOSES: &str = "{% endhighlight %}";
const FENCE: &str = "```";

/// A document.
pub struct Document {
    pub name: &'static str,
    lines: Vec<String>,
    headings: Vec<usize>,
    commands: Vec<Printed>,
}

/// A command as it is printed.
#[derive(Clone)]
pub struct Printed {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The line of the heading that it stands under.
    pub heading: usize,
    pub text: String,
}

impl Document {
    pub fn read(name: &'static str, text: &str, is_heading: fn(&str) -> bool) -> Self {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let numbered = || lines.iter().enumerate().map(|(at, line)| (at + 1, line.as_str()));
        let headings: Vec<usize> = numbered().filter(|(_, line)| is_heading(line)).map(|(at, _)| at).collect();
        // The pages' own marks around a command are no part of it.
        let unmarked = |line: &str| line.trim_start().trim_start_matches(OPENS).to_owned();
        let begins = |line: &str| unmarked(line).starts_with("curl ");
        let commands = numbered().filter(|(_, line)| begins(line)).map(|(line, first)| {
            // A command goes on to the next blank line, or to the mark that closes it.
            let goes_on = |next: &&String| !next.trim().is_empty() && !begins(next) && !next.trim().starts_with(FENCE);
            let more = lines[line..].iter().take_while(goes_on);
            let first = unmarked(first);
            let parts: Vec<&str> = std::iter::once(first.as_str()).chain(more.map(String::as_str)).collect();
            let text = parts.join("\n");
            let text = text.split(CLOSES).next().unwrap_or_default().trim_end_matches('\n').to_owned();
            let heading = headings.iter().rev().find(|heading| **heading <= line);
            Printed { line, heading: *heading.expect("a command without a heading"), text }
        });
        let commands = commands.collect();
        Self { name, lines, headings, commands }
    }

    pub fn headings(&self) -> impl Iterator<Item = usize> {
        self.headings.iter().copied()
    }

    pub fn heading_of(&self, line: usize) -> usize {
        *self.headings.iter().rev().find(|heading| **heading <= line).expect("a line without a heading")
    }

    pub fn commands(&self) -> impl Iterator<Item = &Printed> {
        self.commands.iter()
    }

    pub fn command(&self, line: usize) -> Printed {
        let found = self.commands.iter().find(|command| command.line == line);
        found.unwrap_or_else(|| panic!("{}: no command on line {line}", self.name)).clone()
    }

    /// Lines, the last one included.
    pub fn text(&self, first: usize, last: usize) -> String {
        self.lines[first - 1..last].join("\n")
    }
}

"""The site: doors onto the library. It owns rows, people, permissions, streams and jobs."""

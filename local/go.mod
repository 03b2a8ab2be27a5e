module github.com/portico-iac/portico/local

go 1.26

replace github.com/portico-iac/portico => ../
